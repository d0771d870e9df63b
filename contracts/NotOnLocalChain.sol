// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Stands where a production contract is that the local chain does not have. It can be approved; a call says so.
contract NotOnLocalChain {
    error ContractNotOnLocalChain();

    fallback() external payable {
        revert ContractNotOnLocalChain();
    }
}
