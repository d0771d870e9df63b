// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IErc20} from "./Interfaces.sol";

/// Holds what backs pUSD and lets only pUSD take it out.
contract ReserveVault {
    constructor(address pUsd, address[] memory assets) {
        for (uint256 i = 0; i < assets.length; i++) IErc20(assets[i]).approve(pUsd, type(uint256).max);
    }
}
