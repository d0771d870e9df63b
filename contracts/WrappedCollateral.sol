// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";
import {IErc20} from "./Interfaces.sol";

/// What neg-risk positions stand on: USDC.e, wrapped one to one by the neg-risk adapter only.
contract WrappedCollateral is Erc20 {
    error OnlyOwner();

    address public immutable owner;
    IErc20 public immutable underlying;

    constructor(address tokenOwner, address underlyingToken) Erc20("Wrapped Collateral", "WCOL") {
        owner = tokenOwner;
        underlying = IErc20(underlyingToken);
    }

    function wrap(address to, uint256 amount) external {
        if (msg.sender != owner) revert OnlyOwner();
        underlying.transferFrom(msg.sender, address(this), amount);
        _mint(to, amount);
    }

    function unwrap(address to, uint256 amount) external {
        _burn(msg.sender, amount);
        underlying.transfer(to, amount);
    }
}
